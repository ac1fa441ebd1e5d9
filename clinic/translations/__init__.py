"""The words of pages and forms in other languages: collected from the source, compiled to be read.

Holds no words: they stand in `clinic/locale`. Refuses whatever a patient reads as an approved text
(pages, questions, consents, messages): that is translated and approved in `clinic.signing`.
"""
