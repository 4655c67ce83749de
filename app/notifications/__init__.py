"""What is new for a person: in-app notices, read on I dag; neutral words leave the house only later."""
