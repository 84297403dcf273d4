"""Addresses of the pages about who is in which project: its people's, the invited, operators'."""

from __future__ import annotations

from django.urls import path

from portal.views import groups, invitations, limits, operate, overview, people

PROJECT = "projects/<str:project>"
GROUP = f"{PROJECT}/groups/<str:pk>"
OPERATE = "operate/projects"

urlpatterns = [
    path("project/groups", groups.OwnGroupsView.as_view(), name="own-groups"),
    path(f"{PROJECT}/invite", people.InviteView.as_view(), name="project-invite"),
    path(
        f"{PROJECT}/invitations/<str:pk>", people.WithdrawView.as_view(), name="invitation-withdraw"
    ),
    path(
        f"{PROJECT}/invitations/<str:pk>/send",
        people.SendAgainView.as_view(),
        name="invitation-send-again",
    ),
    path(f"{PROJECT}/people/<str:user>", people.MemberView.as_view(), name="project-member"),
    path(f"{PROJECT}/people/<str:user>/remove", people.RemoveView.as_view(), name="project-remove"),
    path(f"{PROJECT}/leave", people.LeaveView.as_view(), name="project-leave"),
    path(f"{PROJECT}/groups", groups.GroupsView.as_view(), name="groups"),
    path(GROUP, groups.GroupView.as_view(), name="group"),
    path(f"{GROUP}/name", groups.RenameGroupView.as_view(), name="group-rename"),
    path(f"{GROUP}/delete", groups.DeleteGroupView.as_view(), name="group-delete"),
    path(f"{GROUP}/people/<str:user>", groups.LeaveGroupView.as_view(), name="group-leave"),
    path("invitations", invitations.InvitationsView.as_view(), name="invitations"),
    path(
        "invitations/answer/<str:pk>",
        invitations.AnswerInvitationView.as_view(),
        name="invitation-answer",
    ),
    path("invitations/<str:secret>", invitations.MailedInvitationView.as_view(), name="invitation"),
    path("operate", overview.OverviewView.as_view(), name="operate"),
    path("operate/stores", overview.StoresView.as_view(), name="operate-stores"),
    path(
        "operate/stores/<str:name>/probe",
        overview.ProbeView.as_view(),
        name="operate-store-probe",
    ),
    path(OPERATE, operate.ProjectsView.as_view(), name="operate-projects"),
    path(f"{OPERATE}/new", operate.NewProjectView.as_view(), name="operate-project-new"),
    path(f"{OPERATE}/<str:project>", operate.OperateProjectView.as_view(), name="operate-project"),
    path(
        f"{OPERATE}/<str:project>/suspend",
        operate.SwitchProjectView.as_view(act="suspend"),
        name="operate-project-suspend",
    ),
    path(
        f"{OPERATE}/<str:project>/resume",
        operate.SwitchProjectView.as_view(act="resume"),
        name="operate-project-resume",
    ),
    path(
        f"{OPERATE}/<str:project>/delete",
        operate.DeleteProjectView.as_view(),
        name="operate-project-delete",
    ),
    path(
        f"{OPERATE}/<str:project>/limits",
        limits.ProjectLimitsView.as_view(),
        name="operate-project-limits",
    ),
    path("operate/limits", limits.LimitsView.as_view(), name="operate-limits"),
    path("operate/limits.csv", limits.SheetView.as_view(), name="operate-limits-csv"),
    path("operate/limits/import", limits.ImportView.as_view(), name="operate-limits-import"),
]
