"""The leak fuzzer: nobody learns from any page or operation what their grants do not give them."""
