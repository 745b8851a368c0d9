{
    "name": "After-sales Service",
    "summary": "Service tickets, SLA, dispatch, warranty cards and visits, with every answer explained",
    "version": "19.0.1.0.0",
    "category": "Services/After-sales",
    "author": "After-sales suite contributors",
    "license": "LGPL-3",
    "application": True,
    "depends": ["sale_stock", "repair", "portal", "resource", "calendar", "sms", "mail"],
    "external_dependencies": {"python": ["cryptography"]},
    "data": [
        # Groups first: access rows and rules name them.
        "security/aftersales_service_groups.xml",
        "security/ir.model.access.csv",
        "security/aftersales_kernel_rules.xml",
        "security/aftersales_service_rules.xml",
        "security/aftersales_privacy_rules.xml",
        "security/aftersales_diagnosis_rules.xml",
        # Kernel
        "data/aftersales.clause.csv",
        "data/aftersales_deadline_data.xml",
        "views/aftersales_service_menus.xml",
        "views/aftersales_deadline_views.xml",
        "views/aftersales_verdict_views.xml",
        # Service: tables and first records, then views in the order in which their actions are named
        "data/aftersales.priority.rule.csv",
        "data/aftersales.sla.policy.csv",
        "data/aftersales.sla.line.csv",
        "data/aftersales_service_data.xml",
        "data/mail_template_data.xml",
        "data/mail_template_progress_data.xml",
        "data/aftersales_diagnosis_data.xml",
        "wizard/aftersales_ticket_reason_views.xml",
        "views/aftersales_visit_views.xml",
        "views/aftersales_warranty_views.xml",
        "views/aftersales_ticket_views.xml",
        "views/aftersales_team_views.xml",
        "views/aftersales_board_views.xml",
        "views/aftersales_configuration_views.xml",
        "views/sale_stock_repair_views.xml",
        "views/res_config_settings_views.xml",
        "views/portal_templates.xml",
        "views/aftersales_service_work_menus.xml",
        # Privacy: on top of the forms above
        "data/ir_cron_privacy_data.xml",
        "wizard/aftersales_privacy_views.xml",
        "views/aftersales_privacy_views.xml",
        # Diagnosis, solution plans, work on tickets: additions to the views above
        "wizard/aftersales_diagnosis_wizard_views.xml",
        "views/aftersales_solution_plan_views.xml",
        "views/aftersales_diagnosis_views.xml",
        # Intake, merging, escalation: on top of all of these
        "wizard/aftersales_ticket_merge_views.xml",
        "views/aftersales_intake_views.xml",
        "views/aftersales_setup_views.xml",
    ],
    "demo": [
        "demo/aftersales_service_demo.xml",
        "demo/aftersales_diagnosis_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "aftersales_service/static/src/**/*",
        ],
        "web.assets_tests": [
            "aftersales_service/static/tests/tours/**/*",
        ],
    },
}
