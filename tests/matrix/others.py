"""The table of all other addresses: who is let in at all.

`/admin/` needs no row: all below it is for administrators alone. A new address without a row fails
`test_every_address_has_a_rule`.
"""

from __future__ import annotations

OPEN = {
    "/",
    "/versions",
    "/versions/",
    "/healthcheck",
    "/healthz",
    "/readyz",
    "/v2/",
    "/v[0-9][/]",
    "/identity",
    "/identity/",
    "/identity/v3",
    "/identity/v3/",
    "/docs/",
    "/docs/openapi.json",
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/sign-in/{secret}/",
    "/accounts/second-factor/",
    "/accounts/second-factor/webauthn/",
    "/accounts/second-factor/authenticate/",
    "/accounts/second-factor/webauthn/login/",
    "/accounts/password/reset/",
    "/accounts/password/reset/sent/",
    "/accounts/password/reset/{uidb64}/{token}/",
    "/accounts/oidc/cancelled/",
    "/accounts/oidc/{provider_id}/login/",
    "/accounts/oidc/{provider_id}/login/callback/",
    "/invitations/{secret}",
    "/operate",
    "/account/theme",
    "/account/language",
    "/links/{secret}",
    "/links/{secret}/file",
}
"""For everybody; what a link or a secret opens is tried in tests of its own, and some lead on."""

KNOWN = {
    "/api/events",
    "/v2/info/usage",
    "/v2/metadefs/namespaces",
    "/v2/metadefs/namespaces/{namespace}",
    "/v2/metadefs/namespaces/{namespace}/objects",
    "/v2/metadefs/namespaces/{namespace}/objects/{name}",
    "/v2/metadefs/namespaces/{namespace}/properties",
    "/v2/metadefs/namespaces/{namespace}/properties/{name}",
    "/v2/metadefs/namespaces/{namespace}/tags",
    "/v2/metadefs/namespaces/{namespace}/tags/{name}",
    "/v2/metadefs/namespaces/{namespace}/resource_types",
    "/v2/metadefs/namespaces/{namespace}/resource_types/{name}",
    "/v2/metadefs/resource_types",
    "/v2/schemas/metadefs/{name}",
    "/v2/images",
    "/v2/schemas/{name}",
    "/v2/info/stores",
    "/v2/info/import",
    "/v2/{rest}",
    "/identity/v3/auth/tokens",
    "/identity/v3/auth/catalog",
    "/identity/v3/auth/projects",
    "/identity/v3/auth/system",
    "/identity/v3/projects/{project_id}",
    "/identity/v3/users/{user_id}",
    "/identity/v3/users/{user_id}/projects",
    "/identity/v3/users/{user_id}/application_credentials",
    "/identity/v3/users/{user_id}/application_credentials/{credential_id}",
}
"""For whoever shows a good token: else 401 (and 400 for a log-in that is none)."""

OPERATORS = {
    "/v2/tasks",
    "/v2/tasks/{task_id}",
    "/v2/info/stores/detail",
    "/identity/v3/projects",
}
"""For administrators (and, of the first three, auditors): else 403."""

SIGNED_IN = {
    "/accounts/sign-in-again/",
    "/accounts/again/",
    "/accounts/password/",
    "/accounts/project/",
    "/accounts/second-factor/required/",
    "/accounts/second-factor/reauthenticate/",
    "/accounts/second-factor/totp/activate/",
    "/accounts/second-factor/totp/deactivate/",
    "/accounts/second-factor/recovery-codes/",
    "/accounts/second-factor/recovery-codes/generate/",
    "/accounts/second-factor/recovery-codes/download/",
    "/accounts/second-factor/webauthn/add/",
    "/accounts/second-factor/webauthn/reauthenticate/",
    "/accounts/second-factor/webauthn/keys/{pk}/remove/",
    "/accounts/second-factor/webauthn/keys/{pk}/edit/",
    "/images/new",
    "/inbox",
    "/activity",
    "/activity.csv",
    "/activity.jsonl",
    "/invitations",
    "/invitations/answer/{pk}",
    "/project",
    "/project/groups",
    "/projects/{project}/groups",
    "/projects/{project}/groups/{pk}",
    "/projects/{project}/groups/{pk}/delete",
    "/projects/{project}/groups/{pk}/name",
    "/projects/{project}/groups/{pk}/people/{user}",
    "/projects/{project}/invitations/{pk}",
    "/projects/{project}/invite",
    "/projects/{project}/leave",
    "/projects/{project}/people/{user}",
    "/projects/{project}/people/{user}/remove",
    "/project/service-accounts",
    "/project/service-accounts/{pk}",
    "/project/service-accounts/{pk}/suspend",
    "/project/service-accounts/{pk}/restore",
    "/project/service-accounts/{pk}/delete",
    "/account",
    "/account/tokens/{pk}",
    "/account/tokens/{pk}/renew",
    "/account/tokens/{pk}/secret",
    "/account/tokens/{pk}/revoke",
    "/account/sessions",
    "/account/sessions/{mark}",
}
"""For whoever is signed in: everybody else is sent to sign in."""

OPERATE = {
    "/operate/projects",
    "/operate/projects/new",
    "/operate/projects/{project}",
    "/operate/projects/{project}/delete",
    "/operate/projects/{project}/resume",
    "/operate/projects/{project}/suspend",
}
"""For administrators who are signed in: the others get 403, or hear that there is nothing."""

ALL = OPEN | KNOWN | OPERATORS | SIGNED_IN | OPERATE
