"""What a message means: lexicon, rules, features, linear model, severity and emotion."""
