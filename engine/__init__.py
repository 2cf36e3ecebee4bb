"""The engine of Overligger: diagrams are run for cases."""
