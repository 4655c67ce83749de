"""Who may open a page about nobody in particular, by role: the rest of the policy written again."""

OPEN = """
                citizen  contact  professional  representative  leader  administrator
settings:own    yes      yes      yes           yes             yes     yes
feed:own        yes      yes      yes           no              yes     yes
busy:own        no       yes      yes           no              yes     yes
hours:own       no       yes      yes           no              yes     yes
my_day:read     no       yes      yes           no              no      no
caseload:read   no       yes      yes           yes             yes     no
citizens:hand_over no    yes      no            no              no      no
queue:read      no       yes      no            no              no      no
tasks:read      no       yes      yes           no              yes     yes
threads:read    no       yes      no            no              no      no
late:read       no       no       no            no              yes     no
absence:register no      yes      yes           no              yes     no
absence:own     no       yes      yes           no              no      no
absence:others  no       no       no            no              yes     no
handover:others no       no       no            no              yes     no
administration:read no   no       no            no              no      yes
people:read         no   no       no            no              no      yes
people:change       no   no       no            no              no      yes
people:invite       no   no       no            no              no      yes
people:import       no   no       no            no              no      yes
systems:keys        no   no       no            no              no      yes
"""
