-- Who ran this journal, start by start. Whoever writes to an exchange owns it by epoch.
CREATE TABLE owner (
    epoch     INTEGER PRIMARY KEY,
    node      TEXT    NOT NULL,
    began_at  INTEGER NOT NULL
) STRICT;

-- One row for each exchange. What may hold personal data is sealed: request, step, told.
CREATE TABLE exchange (
    number       INTEGER PRIMARY KEY,
    id           BLOB    NOT NULL UNIQUE,
    key          BLOB    NOT NULL UNIQUE,
    digest       BLOB    NOT NULL,
    task         INTEGER NOT NULL,
    state        INTEGER NOT NULL,
    owner        INTEGER NOT NULL,
    requester    TEXT    NOT NULL,
    operation    TEXT    NOT NULL,
    target       TEXT    NOT NULL,
    about        BLOB,
    component    TEXT    NOT NULL,
    settings     BLOB    NOT NULL,
    standard     TEXT    NOT NULL,
    attempts     INTEGER NOT NULL,
    wake_at      INTEGER,
    send_before  INTEGER,
    accepted_at  INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    -- The day whose key wraps data_key; none: the master key does.
    day          INTEGER,
    data_key     BLOB,
    request      BLOB,
    step         BLOB,
    told         BLOB
) STRICT;

CREATE INDEX exchange_by_state     ON exchange (state, id);
CREATE INDEX exchange_by_target    ON exchange (target, id);
CREATE INDEX exchange_by_operation ON exchange (operation, id);
CREATE INDEX exchange_by_about     ON exchange (about) WHERE about IS NOT NULL;
CREATE INDEX exchange_by_day       ON exchange (day)   WHERE day IS NOT NULL;

-- Whom exchanges are about, by keyed hash.
CREATE TABLE person (
    hash      BLOB NOT NULL,
    exchange  BLOB NOT NULL,
    PRIMARY KEY (hash, exchange)
) STRICT, WITHOUT ROWID;

CREATE INDEX person_by_exchange ON person (exchange);

-- What outcomes left under what a partner issued, by keyed hash; the note is sealed.
CREATE TABLE reference (
    key         BLOB PRIMARY KEY,
    exchange    BLOB    NOT NULL,
    note        BLOB    NOT NULL,
    keep_until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX reference_by_end ON reference (keep_until);

-- The next number of each partner's series.
CREATE TABLE series (
    partner  TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    below    INTEGER NOT NULL,
    next     INTEGER NOT NULL,
    PRIMARY KEY (partner, name, below)
) STRICT, WITHOUT ROWID;

-- The keys of days, wrapped under the master key.
CREATE TABLE day_key (
    day      INTEGER PRIMARY KEY,
    wrapped  BLOB NOT NULL
) STRICT;

-- What operators did.
CREATE TABLE deed (
    number    INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    who       TEXT    NOT NULL,
    role      TEXT    NOT NULL,
    action    TEXT    NOT NULL,
    exchange  BLOB,
    why       TEXT    NOT NULL
) STRICT;

CREATE INDEX deed_by_exchange ON deed (exchange) WHERE exchange IS NOT NULL;
