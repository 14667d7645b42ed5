"""The same story in other words: a lexical score, its candidates, and groups without chaining."""
