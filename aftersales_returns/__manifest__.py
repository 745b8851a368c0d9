{
    "name": "After-sales Returns",
    "summary": "RMA, freight liability, inspection and refunds, tied to Sales, Stock and Accounting",
    "version": "19.0.1.0.0",
    "category": "Services/After-sales",
    "author": "After-sales suite contributors",
    "license": "LGPL-3",
    "application": False,
    "depends": [
        "aftersales_service",
        "stock_account",
        "stock_delivery",
        "sale_loyalty",
        "purchase_stock",
        "account_payment",
        "payment",
        "barcodes",
    ],
    "data": [
        "security/ir.model.access.csv",
    ],
    "demo": [],
    "assets": {
        "web.assets_tests": [
            "aftersales_returns/static/tests/tours/**/*",
        ],
    },
}
