BEGIN TRANSACTION;
CREATE TABLE article (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    source_id TEXT NOT NULL,
    content_id TEXT NOT NULL,
    title TEXT NOT NULL,
    subtitle TEXT NOT NULL,
    byline TEXT NOT NULL,
    source TEXT NOT NULL,
    published TEXT NOT NULL,
    url TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    subheads TEXT NOT NULL,
    source_folded TEXT NOT NULL,
    byline_folded TEXT NOT NULL
);
INSERT INTO "article" VALUES(1,'made-0','made-0','29fe19592e6192fe','青石镇修好了三座桥','','沈一舟','青石日報','2021-01-01','','article','青石镇在第0天修好了三座桥，共有0人来看。The count was 0.','[]','青石日报','沈一舟');
INSERT INTO "article" VALUES(3,'made-1@4d58fc82','made-1','4d58fc823415884f','白河县修好了三座桥','','Ada Grey','青石日報','2021-02-02','','article','交来的一篇，改过了。
有两段。','[]','青石日报','ada grey');
INSERT INTO "article" VALUES(4,'made-2','made-2','de179a9151e1f70b','云岭乡修好了三座桥','','','Ｅvening Post','2021-03-03','','article','云岭乡在第14天查出七处漏水，共有62人来看。The count was 26.
东港区在第15天请来了老戏班，共有63人来看。The count was 27.
柳林村在第16天修好了三座桥，共有64人来看。The count was 28.','[]','evening post','');
CREATE TABLE dead (
    key INTEGER PRIMARY KEY,
    length INTEGER NOT NULL
);
CREATE TABLE file (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL DEFAULT -1,
    mtime_ns INTEGER NOT NULL DEFAULT -1,
    digest TEXT NOT NULL DEFAULT '',
    faults TEXT NOT NULL DEFAULT '[]'
);
INSERT INTO "file" VALUES(1,'',-1,-1,'','[]');
INSERT INTO "file" VALUES(3,'/tmp/byline-articles/a.jsonl',836,1600000000000000000,'47b5d9d9c97cc4fb6ce948739587b689','[]');
CREATE TABLE folded (
    article_key INTEGER PRIMARY KEY REFERENCES article (key) ON DELETE CASCADE,
    everything TEXT NOT NULL
);
INSERT INTO "folded" VALUES(1,'青石镇修好了三座桥
沈一舟
青石镇在第0天修好了三座桥,共有0人来看。the count was 0.');
INSERT INTO "folded" VALUES(3,'白河县修好了三座桥
ada grey
交来的一篇,改过了。
有两段。');
INSERT INTO "folded" VALUES(4,'云岭乡修好了三座桥

云岭乡在第14天查出七处漏水,共有62人来看。the count was 26.
东港区在第15天请来了老戏班,共有63人来看。the count was 27.
柳林村在第16天修好了三座桥,共有64人来看。the count was 28.');
CREATE TABLE given_id (
    id TEXT PRIMARY KEY,
    content_id TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "given_id" VALUES('made-0','29fe19592e6192fe');
INSERT INTO "given_id" VALUES('made-1','739e86340b7a3ad3');
INSERT INTO "given_id" VALUES('made-1@4d58fc82','4d58fc823415884f');
INSERT INTO "given_id" VALUES('made-2','de179a9151e1f70b');
INSERT INTO "given_id" VALUES('made-3','bdeccc6a86faa3a0');
CREATE TABLE model (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    fingerprint TEXT NOT NULL UNIQUE,
    dimension INTEGER NOT NULL
);
INSERT INTO "model" VALUES(1,'hash-8',8);
CREATE TABLE occurrence (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    file_key INTEGER NOT NULL REFERENCES file (key) ON DELETE CASCADE,
    article_key INTEGER NOT NULL REFERENCES article (key) ON DELETE CASCADE,
    origin TEXT NOT NULL,
    UNIQUE (file_key, article_key)
);
INSERT INTO "occurrence" VALUES(1,1,1,'[]');
INSERT INTO "occurrence" VALUES(3,1,3,'[]');
INSERT INTO "occurrence" VALUES(4,3,4,'[]');
CREATE TABLE passage (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    article_key INTEGER NOT NULL REFERENCES article (key) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text TEXT NOT NULL
);
INSERT INTO "passage" VALUES(1,1,0,37,'青石镇在第0天修好了三座桥，共有0人来看。The count was 0.');
INSERT INTO "passage" VALUES(3,3,0,15,'交来的一篇，改过了。
有两段。');
INSERT INTO "passage" VALUES(4,4,0,122,'云岭乡在第14天查出七处漏水，共有62人来看。The count was 26.
东港区在第15天请来了老戏班，共有63人来看。The count was 27.
柳林村在第16天修好了三座桥，共有64人来看。The count was 28.');
CREATE TABLE posting (
    first INTEGER NOT NULL,
    term TEXT NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (first, term)
) WITHOUT ROWID;
INSERT INTO "posting" VALUES(1,'0',X'0100000003001B00');
INSERT INTO "posting" VALUES(1,'count',X'0100000001001B00');
INSERT INTO "posting" VALUES(1,'the',X'0100000001001B00');
INSERT INTO "posting" VALUES(1,'was',X'0100000001001B00');
INSERT INTO "posting" VALUES(1,'三座',X'0100000002001B00');
INSERT INTO "posting" VALUES(1,'了三',X'0100000002001B00');
INSERT INTO "posting" VALUES(1,'人来',X'0100000001001B00');
INSERT INTO "posting" VALUES(1,'修好',X'0100000002001B00');
INSERT INTO "posting" VALUES(1,'共有',X'0100000001001B00');
INSERT INTO "posting" VALUES(1,'在第',X'0100000001001B00');
INSERT INTO "posting" VALUES(1,'天修',X'0100000001001B00');
INSERT INTO "posting" VALUES(1,'好了',X'0100000002001B00');
INSERT INTO "posting" VALUES(1,'座桥',X'0100000002001B00');
INSERT INTO "posting" VALUES(1,'来看',X'0100000001001B00');
INSERT INTO "posting" VALUES(1,'石镇',X'0100000002001B00');
INSERT INTO "posting" VALUES(1,'镇修',X'0100000001001B00');
INSERT INTO "posting" VALUES(1,'镇在',X'0100000001001B00');
INSERT INTO "posting" VALUES(1,'青石',X'0100000002001B00');
INSERT INTO "posting" VALUES(3,'一篇',X'0300000001001000');
INSERT INTO "posting" VALUES(3,'三座',X'0300000001001000');
INSERT INTO "posting" VALUES(3,'两段',X'0300000001001000');
INSERT INTO "posting" VALUES(3,'了三',X'0300000001001000');
INSERT INTO "posting" VALUES(3,'交来',X'0300000001001000');
INSERT INTO "posting" VALUES(3,'修好',X'0300000001001000');
INSERT INTO "posting" VALUES(3,'县修',X'0300000001001000');
INSERT INTO "posting" VALUES(3,'好了',X'0300000001001000');
INSERT INTO "posting" VALUES(3,'座桥',X'0300000001001000');
INSERT INTO "posting" VALUES(3,'改过',X'0300000001001000');
INSERT INTO "posting" VALUES(3,'有两',X'0300000001001000');
INSERT INTO "posting" VALUES(3,'来的',X'0300000001001000');
INSERT INTO "posting" VALUES(3,'河县',X'0300000001001000');
INSERT INTO "posting" VALUES(3,'白河',X'0300000001001000');
INSERT INTO "posting" VALUES(3,'的一',X'0300000001001000');
INSERT INTO "posting" VALUES(3,'过了',X'0300000001001000');
INSERT INTO "posting" VALUES(4,'14',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'15',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'16',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'26',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'27',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'28',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'62',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'63',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'64',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'count',X'0400000003004100');
INSERT INTO "posting" VALUES(4,'the',X'0400000003004100');
INSERT INTO "posting" VALUES(4,'was',X'0400000003004100');
INSERT INTO "posting" VALUES(4,'七处',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'三座',X'0400000002004100');
INSERT INTO "posting" VALUES(4,'东港',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'乡修',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'乡在',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'了三',X'0400000002004100');
INSERT INTO "posting" VALUES(4,'了老',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'云岭',X'0400000002004100');
INSERT INTO "posting" VALUES(4,'人来',X'0400000003004100');
INSERT INTO "posting" VALUES(4,'修好',X'0400000002004100');
INSERT INTO "posting" VALUES(4,'共有',X'0400000003004100');
INSERT INTO "posting" VALUES(4,'出七',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'区在',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'在第',X'0400000003004100');
INSERT INTO "posting" VALUES(4,'处漏',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'天修',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'天查',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'天请',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'好了',X'0400000002004100');
INSERT INTO "posting" VALUES(4,'岭乡',X'0400000002004100');
INSERT INTO "posting" VALUES(4,'座桥',X'0400000002004100');
INSERT INTO "posting" VALUES(4,'戏班',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'村在',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'来了',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'来看',X'0400000003004100');
INSERT INTO "posting" VALUES(4,'林村',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'查出',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'柳林',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'港区',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'漏水',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'老戏',X'0400000001004100');
INSERT INTO "posting" VALUES(4,'请来',X'0400000001004100');
CREATE TABLE root (
    path TEXT PRIMARY KEY
) WITHOUT ROWID;
INSERT INTO "root" VALUES('/tmp/byline-articles');
CREATE TABLE segment (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    passages INTEGER NOT NULL,
    terms INTEGER NOT NULL
);
INSERT INTO "segment" VALUES(1,2,1,27);
INSERT INTO "segment" VALUES(3,3,1,16);
INSERT INTO "segment" VALUES(4,5,1,65);
CREATE TABLE state (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    generation INTEGER NOT NULL,
    active_model INTEGER REFERENCES model (key)
);
INSERT INTO "state" VALUES(1,5,1);
CREATE TABLE vector (
    passage_key INTEGER NOT NULL REFERENCES passage (key) ON DELETE CASCADE,
    model_key INTEGER NOT NULL REFERENCES model (key) ON DELETE CASCADE,
    numbers BLOB NOT NULL,
    UNIQUE (passage_key, model_key)
);
INSERT INTO "vector" VALUES(1,1,X'70C41C3FEB05D13E70C49C3EEB05D1BDEB0551BEEB05513EB3A302BFEB05D13D');
INSERT INTO "vector" VALUES(3,1,X'4A515ABE4A51DA3EF7BC233F00000000000000004A51DA3E4A51DABE00000000');
INSERT INTO "vector" VALUES(4,1,X'2A432B3EC5DA153F2A43AB3E2A432B3E2A43ABBEF513D63E2A432BBEF513D63E');
CREATE TABLE withdrawn (
    path TEXT NOT NULL,
    content_id TEXT NOT NULL,
    PRIMARY KEY (path, content_id)
) WITHOUT ROWID;
INSERT INTO "withdrawn" VALUES('/tmp/byline-articles/a.jsonl','bdeccc6a86faa3a0');
CREATE INDEX article_by_source_id ON article (source_id);
CREATE INDEX article_by_content ON article (content_id);
CREATE INDEX article_by_date ON article (published DESC, id);
CREATE INDEX occurrence_by_article ON occurrence (article_key);
CREATE INDEX passage_by_article ON passage (article_key);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('file',3);
INSERT INTO "sqlite_sequence" VALUES('model',1);
INSERT INTO "sqlite_sequence" VALUES('article',5);
INSERT INTO "sqlite_sequence" VALUES('passage',5);
INSERT INTO "sqlite_sequence" VALUES('occurrence',5);
COMMIT;
PRAGMA application_id = 1113148494;
PRAGMA user_version = 2;
