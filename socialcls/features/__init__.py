"""From a document to named keys: the only place where features are defined."""
