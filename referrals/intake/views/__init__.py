"""The pages of asking: the way in, the wizard, answering, taking back."""
