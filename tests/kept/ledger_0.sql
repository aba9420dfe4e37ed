BEGIN TRANSACTION;
CREATE TABLE answers (
    id TEXT PRIMARY KEY, asked_at TEXT NOT NULL, channel TEXT NOT NULL, asker TEXT NOT NULL, question TEXT NOT NULL,
    folded TEXT NOT NULL, answered INTEGER NOT NULL, reason TEXT, total_ms REAL NOT NULL, answer TEXT NOT NULL
);
INSERT INTO "answers" VALUES('x','2026-11-30T23:22:52.776860+00:00','telegram','42','渡口修好了吗？','渡口修好了吗',1,NULL,12.5,'{"answer_id": "x", "question": "渡口修好了吗？", "answered": true, "answer": "渡口修好了。[1]", "short_answer": "修好了", "short_start": 2, "reason": null, "confidence": 0.8, "citations": [{"number": 1, "article_id": "a1", "passage_id": "a1:0-9", "title": "鲁镇\n[渡口]", "byline": "林舟", "source": "鲁镇邮报", "published": "2024-05-01", "quote": "渡口修好了。", "start": 0, "end": 6, "score": 0.031, "evidence": true}], "took_ms": {"embed": 4.0, "search": 2.0, "read": 6.0, "total": 12.5}, "conversation": null}');
INSERT INTO "answers" VALUES('y','2026-11-30T23:22:52.777103+00:00','http','','有桥吗？','有桥吗',0,'not_in_articles',12.5,'{"answer_id": "y", "question": "有桥吗？", "answered": false, "answer": "文章里没有写。", "short_answer": null, "short_start": null, "reason": "not_in_articles", "confidence": 0.1, "citations": [{"number": 1, "article_id": "a1", "passage_id": "a1:0-9", "title": "鲁镇\n[渡口]", "byline": "林舟", "source": "鲁镇邮报", "published": "2024-05-01", "quote": "渡口修好了。", "start": 0, "end": 6, "score": 0.031, "evidence": true}], "took_ms": {"embed": 4.0, "search": 2.0, "read": 6.0, "total": 12.5}, "conversation": null}');
CREATE TABLE feedback (
    answer_id TEXT NOT NULL REFERENCES answers (id), asker TEXT NOT NULL, useful INTEGER NOT NULL,
    given_at TEXT NOT NULL, PRIMARY KEY (answer_id, asker)
);
INSERT INTO "feedback" VALUES('x','42',1,'2026-11-30T23:22:52.777182+00:00');
CREATE INDEX answers_by_time ON answers (asked_at);
COMMIT;
PRAGMA application_id = 0;
PRAGMA user_version = 0;
