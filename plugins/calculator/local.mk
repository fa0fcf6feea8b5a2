# plugins/calculator
