"""The nodes of a session, by what they are about: which lesson, what is read, what is asked, help, what becomes of an answer."""
