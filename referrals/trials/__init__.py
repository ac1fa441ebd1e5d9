"""Registry records, studies, cohorts, criteria, cards, local status. Refuses people."""
