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
        # Returns
        "security/ir.model.access.csv",
        "security/aftersales_returns_security.xml",
        "data/aftersales.clause.csv",
        "data/aftersales.freight.rule.csv",
        "data/aftersales.disposition.rule.csv",
        "data/aftersales.return.reason.csv",
        "data/aftersales_return_policy_data.xml",
        "wizard/aftersales_rma_reason_views.xml",
        "views/aftersales_rma_views.xml",
        "views/aftersales_returns_config_views.xml",
        "views/aftersales_returns_menus.xml",  # Depends on the actions of the two files above.
        "views/sale_stock_views.xml",
        "views/aftersales_station_views.xml",
        "report/aftersales_rma_reports.xml",
        "views/portal_templates.xml",
        # Refunds
        "security/aftersales_refund_security.xml",
        "data/aftersales.clause-refund.csv",
        "data/aftersales.refund.channel.csv",
        "wizard/aftersales_refund_reason_views.xml",
        "views/aftersales_refund_views.xml",
    ],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
    "demo": [],
    "assets": {
        "web.assets_backend": [
            "aftersales_returns/static/src/**/*",
        ],
        "web.assets_tests": [
            "aftersales_returns/static/tests/tours/**/*",
        ],
    },
}
