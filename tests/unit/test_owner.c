/* Who a peer is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/owner.h"

static void test_uids(void **state)
{
    (void)state;
    uid_t other = geteuid() == 4242 ? 4243 : 4242;
    const struct { const char *name; uid_t uid; bool admin, stateless; } cases[] = {
        { "root", 0, true, false },
        { "the daemon's own user", geteuid(), true, false },
        { "somebody else", other, false, false },
        { "not mapped", OWNER_NOBODY_UID, false, true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct owner a, b;
        owner_from_uid(cases[i].uid, 1, 7, &a);
        owner_from_uid(cases[i].uid, 2, 8, &b);
        if (a.admin != cases[i].admin || a.stateless != cases[i].stateless || a.id == 0)
            fail_msg("%s", cases[i].name);
        /* One user is one principal on every connection; strangers are not even that. */
        if ((a.id == b.id) == cases[i].stateless)
            fail_msg("%s: principals", cases[i].name);
    }
}

static void test_strangers_never_meet_users(void **state)
{
    struct owner stranger, user;
    (void)state;
    for (uint64_t conn = 0; conn < 100000; conn += 997) {
        owner_from_uid(OWNER_NOBODY_UID, 1, conn, &stranger);
        owner_from_uid((uid_t)conn, 1, conn, &user);
        assert_true(stranger.id != user.id);
    }
    owner_from_uid((uid_t)-2, 1, 1, &user);
    assert_true(user.id != stranger.id && user.id != 0);
}

static void test_peer_of_a_socket(void **state)
{
    struct owner o;
    struct qw_error err;
    int fd[2];
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    assert_int_equal(owner_of_peer(fd[0], 1, &o, &err), QW_OK);
    assert_int_equal(o.uid, geteuid());
    assert_int_equal(o.pid, getpid());
    close(fd[0]);
    close(fd[1]);
    assert_int_equal(owner_of_peer(fd[0], 1, &o, &err), QW_EDENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uids),
        cmocka_unit_test(test_strangers_never_meet_users),
        cmocka_unit_test(test_peer_of_a_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
