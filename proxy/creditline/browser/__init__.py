"""Real browsers, found and driven; nothing is downloaded and no profile of the user's is touched."""
