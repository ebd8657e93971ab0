"""What keys weigh, how they add up to an answer, and how a model is kept on disk."""
