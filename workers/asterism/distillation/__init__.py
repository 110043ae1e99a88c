"""Knowledge distillation: teachers, their stored soft targets, and what they are worth to a student."""
