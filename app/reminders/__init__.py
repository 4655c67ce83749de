"""What those who help want to remember about a citizen (husk): a few words, by a day.

Table: citizen_reminder.

Decision: "husk", and never "påmindelse", which the app sends (`MeetingReminder`). It is for oneself: nobody
is told of it, and it is no part of the plan.
Decision: it belongs to the citizen's case, not to who wrote it. Contact person and substitute see all and can
finish them, so none is lost when somebody else takes over; a professional sees the own, while they help.
Cost: who writes one writes for the next contact person too, and the page says so. On Min dag stands what one
wrote, and to who answers for the citizen also what was written by somebody who is not on the team.
Decision: the words stand on a page of their own, and a citizen's other pages say how many there are: who sits
beside the citizen shows her the screen.
"""
