"""The page in a browser (``docgen serve``), for this computer alone.

It calls what the commands call and knows no standard, no workbook, no package format. ``server`` serves ``app``;
``guard`` authenticates its requests; ``state`` holds what routes share; ``jobs`` runs slow work. All state is in
``workplace``'s folder and the jobs' ledger, none in the process. The server imports nothing that reads documents.

A door is one of the page's five parts on the home page, for example ``forms``. It consists of:

- **Routes.** ``routes/forms.py`` with its ``ROUTES``; ``async`` functions of a request, with ``state =
  find_state(request)``. ``state.start_job(request, kind)`` receives a form's files and starts a job,
  ``state.receive_fields(request)`` receives a form without files; ``state.pages.render(request, template, door=DOOR,
  …)`` renders a page; ``raise PageError(status, error(code, …))`` ends with a page that says what to do (a DocgenError
  does, too). Nothing slow runs here: see the next two.
- **Jobs.** A line in ``jobs/kinds.py`` names the kind, its function in ``work/forms.py`` and the template of its
  results, or with ``page`` the route that shows them. ``perform(task, progress) -> JobOutcome``: inputs are
  ``task.order.sources`` (path and name), choices ``task.order.options`` (each field of the form: a list of texts);
  files are written to ``task.results``, the page's data goes into ``JobOutcome.data`` (JSON), diagnostics into
  ``diagnostics``. When the server ends, the job is killed; the next server calls it again with what is in
  ``task.results``. It reports each item to ``progress``, and asks it whether to stop. When it is over,
  ``state.runner.restart(job, kind, order)`` continues in the same folder, as another kind if need be: checking, then
  making; ``read_order`` and ``read_outcome`` (``jobs/folder``) read its input and result.
- **Quick questions** (a cell checked again, a text counted while it is typed): ``await state.desk.ask("docgen.web.work.
  forms:check_cell", …)`` calls the function in a second process, which keeps its modules and caches until it ends.
  Arguments and results are pickled.
- **Templates.** ``templates/<door>/….html`` extend ``base.html``, a result's page ``job.html`` (block ``result``);
  ``m.`` are the macros of ``macros.html``. ``t("forms.lead")`` is the text ``web.forms.lead`` of
  ``messages/*/web_forms.yaml``; ``web.mend.C140`` is the remedy of C140 on a page, where its own names a command's
  option. Every value is escaped. A page contains no style and no script: bars are drawings (``m.bar``), a script is a
  module in ``static/`` named by its subject, classes are in ``static/docgen.css``.
- **A sample.** Files in ``examples/<door>``, made by ``scripts/make-page-examples``; ``samples`` starts jobs with them.
- **Files of the user's own.** ``routes/projects.ask`` asks ``work/project*`` about the projects in the folder that is
  served; records are changed through ``sources/record_edit`` alone. PDF of a job's documents: ``m.pdf(job, outputs)``.
- **For programs.** A kind with ``is_command`` is ``POST /api/<kind>``; its ``data`` is in the answer unchanged.
- **Tests.** ``support.web_support`` (an application in the test's process), ``support.browser`` (a real process and
  Chromium; ``@pytest.mark.browser``).

Imports ``batch`` and the layers below.
"""
