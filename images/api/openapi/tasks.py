"""Work in the background, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.components import component, document, fixed, listed
from images.api.openapi.operation import ABSENT, DescribedView, answer, operation
from images.api.openapi.parameters import IMAGE_ID, LIMIT, choice, in_path, in_query
from images.api.pagination import DIRECTIONS
from images.api.tasks import ASKED_TYPES, SORT_KEYS
from images.states import TaskStatus

TASK = component("Task", document("task"))
TASKS = component("Tasks", document("tasks") | {"required": ["tasks", "first", "schema"]})


class ImageTasks(DescribedView):
    """/v2/images/{image_id}/tasks."""

    target_class = "images.api.views.tasks.ImageTasksView"
    tag = "Tasks"
    path = [IMAGE_ID]
    operations = {
        "get": operation(
            "List tasks of an image",
            {200: answer("The newest first.", fixed(tasks=listed({"type": "object"})))},
            {404: ABSENT},
        ),
    }


class TaskList(DescribedView):
    """/v2/tasks."""

    target_class = "images.api.views.tasks.TaskListView"
    tag = "Tasks"
    operations = {
        "get": operation(
            "List tasks",
            {200: answer("One page of all tasks.", TASKS)},
            {403: "Only administrators see the tasks of all."},
            parameters=[
                LIMIT,
                in_query("marker", "The id of the task after which the page begins", format="uuid"),
                choice("status", "How far they have come", TaskStatus.values),
                choice("type", "What they do", sorted(ASKED_TYPES)),
                choice("sort_key", "By what they are sorted", sorted(SORT_KEYS)),
                choice("sort_dir", "In which direction", sorted(DIRECTIONS)),
            ],
        ),
    }


class OneTask(DescribedView):
    """/v2/tasks/{task_id}."""

    target_class = "images.api.views.tasks.TaskView"
    tag = "Tasks"
    path = [in_path("task_id", "The task's id", format="uuid")]
    operations = {
        "get": operation(
            "Show a task",
            {200: answer("The task.", TASK)},
            {403: "Only administrators see it.", 404: "There is no such task."},
        ),
    }
