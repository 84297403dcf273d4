"""The settings of the log-in: throttling, the second factor, single sign-on.

The libraries that do the work read them by these names: django-axes, django-allauth.
"""

from __future__ import annotations

from portal.configuration import environment as env
from portal.configuration.sign_on import configured_providers, group_roles

# --- Throttling (django-axes) ---------------------------------------------------------------------

AXES_HANDLER = "portal.identity.attempts.AttemptHandler"
AXES_FAILURE_LIMIT = env.number("LOGIN_FAILURES", 10, least=1)
ADDRESS_FAILURE_LIMIT = env.number("LOGIN_FAILURES_PER_ADDRESS", 100, least=1)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = "portal.identity.throttling.counted_by"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # Retry-After holds what it promises
AXES_DISABLE_ACCESS_LOG = True  # it grows for ever, and makes sessions
AXES_LOCKOUT_CALLABLE = "portal.identity.views.too_many_attempts"
AXES_USERNAME_CALLABLE = "portal.identity.throttling.counted_name"
AXES_CLIENT_IP_CALLABLE = "portal.identity.throttling.counted_address"
AXES_VERBOSE = False

# --- The steps of a log-in and the second factor (django-allauth) ---------------------------------

ACCOUNT_ADAPTER = "portal.identity.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # django-axes counts, on every node together
ACCOUNT_FORMS = {"reauthenticate": "portal.identity.code_forms.PasswordAgainForm"}
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")
SESSION_ENGINE = "portal.identity.session_store"
ACCOUNT_SIGNUP_ENABLED = False
REQUIRE_MFA = env.chosen("REQUIRE_MFA", ("reader", "member", "manager", "service", "admin"))
MFA_ADAPTER = "portal.identity.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "portal.identity.code_forms.CodeForm",
    "reauthenticate": "portal.identity.code_forms.CodeAgainForm",
    "activate_totp": "portal.identity.code_forms.NewAppForm",
    "add_webauthn": "portal.identity.code_forms.NewPasskeyForm",
    "edit_webauthn": "portal.identity.code_forms.PasskeyNameForm",
    "authenticate_webauthn": "portal.identity.code_forms.PasskeyForm",
    "reauthenticate_webauthn": "portal.identity.code_forms.PasskeyAgainForm",
    "login_webauthn": "portal.identity.code_forms.PasskeyAloneForm",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Vitrine"
MFA_TOTP_TOLERANCE = 1  # clocks of telephones are half a minute off

# --- Single sign-on (django-allauth) --------------------------------------------------------------

OIDC_PROVIDERS = configured_providers()
OIDC_GROUPS = group_roles()
OIDC_GROUPS_CLAIM = env.text("OIDC_GROUPS_CLAIM", "groups")
OIDC_SIGN_UP = env.flag("OIDC_SIGN_UP", default=True)
OIDC_LINK_BY_EMAIL = env.flag("OIDC_LINK_BY_EMAIL", default=False)
SOCIALACCOUNT_ADAPTER = "portal.identity.sign_on.SignOnAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": OIDC_PROVIDERS}}
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form may lead to this site alone; our own view takes no more
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
