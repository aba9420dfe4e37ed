"""Teaches the bundled reader: `python -m byline.retrieval.training.reader --help`.

In the order the data passes through: `sets` (questions over texts), `folds` (who is trained on), `windows`
(texts to passages), `pairs` (questions with passages that answer and passages that do not), `tokens`,
`encoder` (the network), `loop`, `figures`, `export`.
"""
