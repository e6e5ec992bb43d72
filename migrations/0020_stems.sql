-- Words of these languages, which decline, are filed by their stems since (src/text/stems.rs). What was learnt of
-- their forms would make every common word look rare; an empty table begins anew.
UPDATE learnt_tables SET content = x''
WHERE language IN (
    'bs', 'cs', 'el', 'et', 'fa', 'fi', 'hr', 'hu', 'lt', 'pl', 'ru', 'sk', 'sr', 'tr', 'uk'
);
