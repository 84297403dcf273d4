"""Work in the background: all of it for administrators, an image's own for whoever sees it."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import ApiView
from images.api.representation import show_task, show_task_row, show_task_stub
from images.api.tasks import task_page
from images.lifecycle.tasks import find_task, tasks_for, tasks_of


class ImageTasksView(ApiView):
    """/v2/images/{image_id}/tasks."""

    def get(self, request: Request, image_id: str) -> Response:
        """List the tasks of one image."""
        tasks = tasks_of(self.image(), actor=self.actor)
        return Response({"tasks": [show_task_row(task) for task in tasks]})


class TaskListView(ApiView):
    """/v2/tasks."""

    def get(self, request: Request) -> Response:
        """Answer one page of all tasks."""
        page = task_page(tasks_for(self.actor), request.query_params)
        shown = [show_task_stub(task) for task in page.tasks]
        return Response({"tasks": shown, "schema": "/v2/schemas/tasks"} | page.links)


class TaskView(ApiView):
    """/v2/tasks/{task_id}."""

    def get(self, request: Request, task_id: str) -> Response:
        """Show one task."""
        return Response(show_task(find_task(task_id, actor=self.actor)))
