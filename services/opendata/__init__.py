"""City data for developers: the open, non-personal data of the services, in the field's formats."""
