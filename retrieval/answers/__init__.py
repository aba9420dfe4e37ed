"""From hits to a cited answer or an abstention: reading, features, confidence, claims, quotes."""
