"""Teaches the bundled reader: `python -m byline.retrieval.training.reader --help`.

In the order the data passes through: `sets` (questions over texts), `folds` (who is trained on), `windows`
(texts to passages), `headings` (titles for them), `pairs` (questions with passages that answer and passages
that do not), `scripts` and `noise` (other wordings), `tokens`, `encoder` (the network), `loop`, `export`;
`measure` and `contrasts` give figures. `recurring` and `yes_no` make questions by script.
"""
