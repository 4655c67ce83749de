"""Fremgang, "sådan går det" (self-assessment): the citizen's own answers, private until shown.

Tables: question_set, question_step, question, assessment, assessment_answer, assessment_reading.

Decision: nobody scores anybody; the contact person reads an answer and may reply, nothing more.
"""
