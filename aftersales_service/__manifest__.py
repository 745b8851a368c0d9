{
    "name": "After-sales Service",
    "summary": "Service tickets, SLA, dispatch, warranty cards and visits, with every answer explained",
    "version": "19.0.1.0.0",
    "category": "Services/After-sales",
    "author": "After-sales suite contributors",
    "license": "LGPL-3",
    "application": True,
    "depends": ["sale_stock", "repair", "portal", "resource", "calendar", "sms", "mail"],
    "data": [
        # Groups first: access rows and rules name them.
        "security/aftersales_service_groups.xml",
        "security/ir.model.access.csv",
        "security/aftersales_kernel_rules.xml",
        # Kernel
        "data/aftersales.clause.csv",
        "data/aftersales_deadline_data.xml",
        "views/aftersales_service_menus.xml",
        "views/aftersales_deadline_views.xml",
        "views/aftersales_verdict_views.xml",
    ],
    "demo": [],
    "assets": {
        "web.assets_backend": [
            "aftersales_service/static/src/**/*",
        ],
        "web.assets_tests": [
            "aftersales_service/static/tests/tours/**/*",
        ],
    },
}
