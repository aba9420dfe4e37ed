"""What is true of any text: folding, sentences, encodings, dates, periods, questions."""
