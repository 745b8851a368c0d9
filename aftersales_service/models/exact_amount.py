from decimal import Decimal


def exact_amount(currency, amount):
    """The amount as policies count it: to the digits of its currency, without a float's rest."""
    return Decimal(str(currency.round(amount) if currency else amount))
