-- Words of these languages are cut and folded another way since: vowel signs and tones are kept, endings go, digits
-- are one. What was learnt of their old forms would make every common word look rare; an empty table begins anew.
UPDATE learnt_tables SET content = x''
WHERE language IN (
    'ar', 'fa', 'ur', 'ps', 'ku', 'ug', 'sd', 'hi', 'mr', 'ne', 'sa', 'bn', 'as', 'pa', 'gu', 'or', 'ta', 'te', 'kn',
    'ml', 'si', 'th', 'lo', 'my', 'km', 'ja'
);
