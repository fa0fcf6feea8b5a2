# systemd: plain units, made from .in files because they name installed paths.
systemunitdir  = $(systemdunitdir)/system
userunitdir    = $(systemdunitdir)/user
sysusersdir    = $(systemdunitdir)/../sysusers.d
tmpfilesdir    = $(systemdunitdir)/../tmpfiles.d
nodist_systemunit_DATA = systemd/system/qwend.service
nodist_userunit_DATA   = systemd/user/qwend.service
nodist_sysusers_DATA   = systemd/sysusers.d/qwend.conf
nodist_tmpfiles_DATA   = systemd/tmpfiles.d/qwend.conf
EXTRA_DIST += systemd/README.md systemd/qwend-system.service.in systemd/qwend-user.service.in \
	systemd/qwend.sysusers systemd/qwend.tmpfiles.in systemd/test_units.sh
CLEANFILES += $(nodist_systemunit_DATA) $(nodist_userunit_DATA) $(nodist_sysusers_DATA) $(nodist_tmpfiles_DATA)

fill_paths = $(AM_V_GEN)$(MKDIR_P) $(@D) && sed -e 's|@bindir[@]|$(bindir)|g' -e 's|@sysconfdir[@]|$(sysconfdir)|g'
systemd/system/qwend.service: systemd/qwend-system.service.in Makefile
	$(fill_paths) $(srcdir)/systemd/qwend-system.service.in > $@
systemd/user/qwend.service: systemd/qwend-user.service.in Makefile
	$(fill_paths) $(srcdir)/systemd/qwend-user.service.in > $@
systemd/sysusers.d/qwend.conf: systemd/qwend.sysusers Makefile
	$(fill_paths) $(srcdir)/systemd/qwend.sysusers > $@
systemd/tmpfiles.d/qwend.conf: systemd/qwend.tmpfiles.in Makefile
	$(fill_paths) $(srcdir)/systemd/qwend.tmpfiles.in > $@

TESTS += systemd/test_units.sh
