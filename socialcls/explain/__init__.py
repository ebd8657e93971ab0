"""What an answer rests on, told and measured."""
