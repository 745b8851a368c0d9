{
    "name": "After-sales Survey",
    "summary": "Satisfaction with weights and statistics, follow-up calls and complaints",
    "version": "19.0.1.0.0",
    "category": "Services/After-sales",
    "author": "After-sales suite contributors",
    "license": "LGPL-3",
    "application": False,
    "depends": ["aftersales_service", "survey", "spreadsheet_dashboard", "digest"],
    "data": [
        "security/ir.model.access.csv",
    ],
    "demo": [],
    "assets": {
        "web.assets_tests": [
            "aftersales_survey/static/tests/tours/**/*",
        ],
    },
}
