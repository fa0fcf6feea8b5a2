/* What a file that should be a plugin is, by its ELF header: dlopen's own words for these are "invalid ELF header" at
 * best, and "no such file" for another machine's. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plugins/host/host.h"

#if defined(__x86_64__)
#define OUR_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define OUR_MACHINE EM_AARCH64
#else
#define OUR_MACHINE EM_NONE                     /* dlopen decides */
#endif

static const char *machine_name(unsigned m)
{
    static const struct { unsigned m; const char *name; } names[] = {
        { EM_X86_64, "x86-64" }, { EM_386, "32-bit x86" }, { EM_AARCH64, "arm64" }, { EM_ARM, "32-bit ARM" },
        { EM_RISCV, "RISC-V" }, { EM_PPC64, "PowerPC" }, { EM_S390, "s390" },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].m == m)
            return names[i].name;
    return "another machine";
}

static int check_header(const char *path, const Elf64_Ehdr *h, size_t n, struct qw_error *err)
{
    static const char *const types[] = { "nothing", "an object file (.o)", "a program", "a shared object", "a core dump" };
    const uint16_t one = 1;
    unsigned char data = *(const unsigned char *)&one == 1 ? ELFDATA2LSB : ELFDATA2MSB;
    if (n < EI_NIDENT || memcmp(h->e_ident, ELFMAG, SELFMAG) != 0)
        return qw_error_set(err, QW_EPLUGIN, "%s is no shared object (it has no ELF header): build one with "
                            "`cc -shared -fPIC -o NAME.so NAME.c`", path);
    /* e_type and e_machine lie at the same place in both classes. */
    if (n < offsetof(Elf64_Ehdr, e_version) || h->e_ident[EI_DATA] != data)
        return qw_error_set(err, QW_EPLUGIN, "%s %s: build it again on this machine", path,
                            n < offsetof(Elf64_Ehdr, e_version) ? "is cut off" : "was built for a machine of another byte order");
    if (OUR_MACHINE != EM_NONE && h->e_machine != OUR_MACHINE)
        return qw_error_set(err, QW_EPLUGIN, "%s was built for %s, this machine is %s: build it again here", path,
                            machine_name(h->e_machine), machine_name(OUR_MACHINE));
    if (h->e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32))
        return qw_error_set(err, QW_EPLUGIN, "%s was built for %s-bit programs: build it without -m32", path,
                            h->e_ident[EI_CLASS] == ELFCLASS32 ? "32" : "64");
    if (h->e_type != ET_DYN)
        return qw_error_set(err, QW_EPLUGIN, "%s is %s, no shared object: link it with `cc -shared -fPIC`", path,
                            h->e_type < sizeof types / sizeof *types ? types[h->e_type] : "something else");
    return QW_OK;
}

int plug_check_file(const char *path, struct qw_error *err)
{
    Elf64_Ehdr h = { 0 };
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;     /* a fifo must not keep us */
    if (fd < 0)
        return qw_error_errno(err, errno == ENOENT ? QW_ENOTFOUND : QW_EDENIED, errno, "%s cannot be read", path);
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        rc = qw_error_set(err, QW_EPLUGIN, "%s is no regular file", path);
    } else {
        ssize_t n = read(fd, &h, sizeof h);
        rc = n < 0 ? qw_error_errno(err, QW_EIO, errno, "%s", path) : check_header(path, &h, (size_t)n, err);
    }
    close(fd);
    return rc;
}
