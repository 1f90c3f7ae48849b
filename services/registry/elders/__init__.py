"""elders (一人一档): enrolment, supporters, status, circumstances."""
