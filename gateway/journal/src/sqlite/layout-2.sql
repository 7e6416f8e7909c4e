-- Partners an operator holds: what is accepted for them waits.
CREATE TABLE pause (
    partner  TEXT    PRIMARY KEY,
    since    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What has ended, by when: so that a pruner finds what is over its time without reading the rest.
CREATE INDEX exchange_by_end ON exchange (changed_at) WHERE state >= 10;
