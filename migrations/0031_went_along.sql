-- What left an event by a ruling that did not name it, because it stood there by what the ruling took away.
CREATE TABLE went_along (
    decision_id INTEGER NOT NULL,
    item_id     INTEGER NOT NULL,
    from_event  INTEGER NOT NULL,
    into_event  INTEGER NOT NULL,
    PRIMARY KEY (decision_id, item_id)
) STRICT, WITHOUT ROWID;
