"""What every stored event says, as a sentence in Chinese and in English: one catalogue for history, pages and reports."""
