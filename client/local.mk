# client: libqwenclient and qwenctl; each part lists its sources in a .mk of its own.
include client/lib.mk
include client/ctl/pull.mk
include client/ctl/local.mk
