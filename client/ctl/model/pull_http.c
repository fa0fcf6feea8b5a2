/* The hub as a source: HTTP with resuming.  The whole file's SHA-256 is checked
 * by the caller, so a server's word decides nothing here but what to keep. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/fs.h"
#include "base/mem.h"
#include "client/ctl/model/pull_int.h"

enum { CONNECT_S = 5, STALL_S = 20, TRIES = 6, TAG_MAX = 200 };

struct transfer {
    struct pull_job *j;
    CURL     *curl;
    int       fd;
    uint64_t  offset;           /* in the file, of the next byte */
    uint64_t  total;            /* 0: not known */
    uint64_t  got;              /* bytes of body that came in this request */
    bool      begun, resumed, refused;  /* refused: an error page, not our file */
    uint64_t  range_start;      /* of this answer's Content-Range */
    bool      has_range;
    char      etag[TAG_MAX + 1];
    char      linked[65];       /* X-Linked-Etag: SHA-256 of a large file, from the hub itself */
    int       rc;               /* of our own callbacks, with its message in err */
    struct qw_error *err;
};

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* ---- headers ------------------------------------------------------------------ */

/* The value of header `name` in a line of n bytes, into out; false if it is another. */
static bool header_value(const char *line, size_t n, const char *name, char *out, size_t cap)
{
    size_t k = strlen(name);

    if (n <= k || strncasecmp(line, name, k) != 0 || line[k] != ':')
        return false;
    for (k++; k < n && (line[k] == ' ' || line[k] == '\t');)
        k++;
    while (n > k && (line[n - 1] == '\r' || line[n - 1] == '\n' || line[n - 1] == ' '))
        n--;
    if (n - k >= cap)
        return false;
    memcpy(out, line + k, n - k);
    out[n - k] = '\0';
    return true;
}

/* "\"64 hex digits\"", with or without W/ and quotes, as lower case. */
static bool parse_sha256(const char *s, char out[65])
{
    char hex[65];
    size_t n = 0;

    if (strncmp(s, "W/", 2) == 0)
        s += 2;
    if (*s == '"')
        s++;
    for (; n < 64 && s[n] != '\0' && strchr("0123456789abcdefABCDEF", s[n]) != NULL; n++)
        hex[n] = (char)(s[n] >= 'A' && s[n] <= 'F' ? s[n] - 'A' + 'a' : s[n]);
    if (n != 64 || (s[64] != '\0' && s[64] != '"'))
        return false;
    hex[64] = '\0';
    memcpy(out, hex, sizeof hex);
    return true;
}

static size_t on_header(char *line, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;
    char v[TAG_MAX + 1];
    unsigned long long start;

    n *= size;
    if (n > 5 && strncmp(line, "HTTP/", 5) == 0) {      /* a new answer, after a redirect */
        t->etag[0] = '\0';
        t->has_range = false;
    } else if (header_value(line, n, "ETag", v, sizeof v)) {
        memcpy(t->etag, v, sizeof v);
    } else if (header_value(line, n, "X-Linked-Etag", v, sizeof v)) {
        if (t->linked[0] == '\0')       /* the first word is the hub's own */
            parse_sha256(v, t->linked);
    } else if (header_value(line, n, "Content-Range", v, sizeof v)) {
        t->has_range = sscanf(v, "bytes %llu-", &start) == 1;
        t->range_start = start;
    }
    return n;
}

/* ---- body --------------------------------------------------------------------- */

/* Is the part still the beginning of this file?  Kept for the next request. */
static void save_tag(struct transfer *t)
{
    bool strong = t->etag[0] == '"';

    if (strong)
        fs_replace_file(t->j->http_tag, t->etag, strlen(t->etag), 0600, NULL);
    else
        unlink(t->j->http_tag);
}

static int begin_file(struct transfer *t, long status)
{
    const struct catalog_entry *e = t->j->e;
    curl_off_t length = -1;

    if (status == 206 && (!t->has_range || t->range_start != t->offset))
        return qw_error_set(t->err, QW_EFORMAT, "the server sent another range than asked for");
    if (status == 200 && t->offset > 0) {       /* it cannot resume, or has another file now */
        if (ftruncate(t->fd, 0) != 0)
            return qw_error_errno(t->err, QW_EIO, errno, "cannot restart %s", t->j->http_part);
        t->offset = 0;
    }
    t->resumed = t->resumed && t->offset > 0;
    curl_easy_getinfo(t->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    t->total = length >= 0 ? t->offset + (uint64_t)length : e->bytes;
    if (e->sha256 == NULL && t->linked[0] == '\0')
        return qw_error_set(t->err, QW_EFORMAT, "the hub states no SHA-256, so the file could "
                            "not be checked");
    if (t->total == 0)
        return qw_error_set(t->err, QW_EFORMAT, "the server does not say how long the file is");
    if (e->bytes != 0 && t->total != e->bytes)
        return qw_error_set(t->err, QW_EFORMAT,
                            "the server's file is %llu bytes long, expected %llu",
                            (unsigned long long)t->total, (unsigned long long)e->bytes);
    save_tag(t);
    t->j->st.total_bytes = t->total;
    return pull_check_space(t->j, t->total - t->offset, t->err);
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;
    long status = 0;

    n *= size;
    if (!t->begun) {
        t->begun = true;
        curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
        t->refused = status != 200 && status != 206;
        if (!t->refused && (t->rc = begin_file(t, status)) != QW_OK)
            return 0;                   /* libcurl stops */
    }
    if (t->refused)
        return n;                       /* pages for people, not the file */
    if (n > t->total - t->offset) {
        t->rc = qw_error_set(t->err, QW_EFORMAT, "the server sends more than %llu bytes",
                             (unsigned long long)t->total);
        return 0;
    }
    t->rc = fs_write_all(t->fd, p, n, t->err);
    if (t->rc != QW_OK) {
        t->rc = qw_error_wrap(t->err, "%s", t->j->http_part);
        return 0;
    }
    t->offset += n;
    t->got += n;
    return n;
}

static int on_tick(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct transfer *t = arg;

    (void)a, (void)b, (void)c, (void)d;
    if (t->rc == QW_OK)
        t->rc = pull_report(t->j, t->offset, t->err);
    return t->rc != QW_OK;
}

/* ---- one request -------------------------------------------------------------- */

static const char *status_text(long status)
{
    switch (status) {
    case 401: return "it wants a login";
    case 403: return "it refuses access";
    case 404: return "it does not have the file";
    case 407: return "the proxy wants a login";
    case 429: return "it has had too many requests from here";
    default:  return status >= 500 ? "it is in trouble" : "an unexpected answer";
    }
}

static void set_options(struct transfer *t, char *message, struct curl_slist *headers)
{
    CURL *c = t->curl;
    const char *url = t->j->e->url;
    /* What begins encrypted stays so. */
    const char *protocols = strncmp(url, "https:", 6) == 0 ? "https" : "http,https";

    curl_easy_setopt(c, CURLOPT_URL, url);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, protocols);
#else
    long mask = protocols[4] == 's' ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS;
    curl_easy_setopt(c, CURLOPT_PROTOCOLS, mask);
    curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS, mask);
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);    /* do not wait for a name server */
#endif
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(c, CURLOPT_MAXREDIRS, 8L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)STALL_S);
    curl_easy_setopt(c, CURLOPT_BUFFERSIZE, 256L * 1024);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "qwenctl");
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, message);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_tick);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
    if (t->offset > 0) {                /* not RESUME_FROM: that takes no 200 for an answer */
        char range[32];

        snprintf(range, sizeof range, "%llu-", (unsigned long long)t->offset);
        curl_easy_setopt(c, CURLOPT_RANGE, range);
    }
    if (headers != NULL)
        curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
}

/* If-Range with the tag of what we have: another file then comes whole. */
static struct curl_slist *if_range(struct pull_job *j)
{
    struct curl_slist *list = NULL;
    char *tag, *line;
    size_t n;

    if (fs_read_file(j->http_tag, TAG_MAX, &tag, &n, NULL) != QW_OK)
        return NULL;
    line = strpbrk(tag, "\r\n") == NULL ? qw_asprintf("If-Range: %s", tag) : NULL;
    if (line != NULL)
        list = curl_slist_append(NULL, line);
    qw_free(line);
    qw_free(tag);
    return list;
}

enum outcome { DONE, FAILED, AGAIN };

/* What a finished request means. */
static enum outcome judge(struct transfer *t, CURLcode cc, const char *message)
{
    long status = 0;

    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    if (t->rc != QW_OK)
        return FAILED;
    if (cc == CURLE_OK && status == 416 && t->offset > 0) {
        if (ftruncate(t->fd, 0) == 0) { /* we have more than there is */
            t->offset = 0;
            return AGAIN;
        }
    }
    if (cc == CURLE_OK && (status != 200 && status != 206)) {
        t->rc = qw_error_set(t->err, QW_EIO, "HTTP %ld from %s: %s", status, t->j->e->url,
                             status_text(status));
        return FAILED;
    }
    if (cc == CURLE_OK && t->begun && t->offset == t->total)
        return DONE;
    if (cc == CURLE_OK) {
        t->rc = qw_error_set(t->err, QW_EIO, "%s ended early", t->j->e->url);
        return t->got > 0 ? AGAIN : FAILED;
    }
    t->rc = qw_error_set(t->err, QW_EIO, "%s: %s", t->j->e->url,
                         message[0] != '\0' ? message : curl_easy_strerror(cc));
    return t->got > 0 ? AGAIN : FAILED; /* an interrupted stream is worth another try */
}

static enum outcome request(struct transfer *t)
{
    char message[CURL_ERROR_SIZE] = "";
    struct curl_slist *headers = t->offset > 0 ? if_range(t->j) : NULL;
    enum outcome o = FAILED;

    t->begun = t->refused = false;
    t->got = 0;
    t->rc = QW_OK;
    t->curl = curl_easy_init();
    if (t->curl == NULL) {
        t->rc = qw_error_set(t->err, QW_ENOMEM, "no memory for a download");
    } else {
        set_options(t, message, headers);
        o = judge(t, curl_easy_perform(t->curl), message);
        curl_easy_cleanup(t->curl);
    }
    curl_slist_free_all(headers);
    return o;
}

int pull_http(struct pull_job *j, bool *resumed, char sha256[65], struct qw_error *err)
{
    struct transfer t = { .j = j, .err = err };
    enum outcome o = AGAIN;
    struct stat st;

    pthread_once(&curl_once, init_curl);
    t.fd = open(j->http_part, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (t.fd < 0 || fstat(t.fd, &st) != 0) {
        t.rc = qw_error_errno(err, QW_EDENIED, errno, "cannot open %s", j->http_part);
        goto out;
    }
    t.offset = (uint64_t)st.st_size;
    t.resumed = t.offset > 0;
    t.rc = pull_stage(j, PULL_HUB, t.offset, j->e->bytes, err);
    if (t.rc != QW_OK)
        goto out;
    /* All there, and only the check was interrupted. */
    if (t.offset > 0 && t.offset == j->e->bytes && j->e->sha256 != NULL)
        o = DONE;
    for (int i = 0; o == AGAIN && i < TRIES; i++) {
        if (i > 0 && (t.rc = pull_sleep(j, 1000, err)) != QW_OK)
            goto out;
        o = request(&t);
    }
    if (o == AGAIN && t.rc == QW_OK)
        t.rc = qw_error_set(err, QW_EIO, "%s does not come to an end", j->e->url);
    if (o == DONE) {
        *resumed = t.resumed;
        memcpy(sha256, t.linked, sizeof t.linked);
    }
out:
    if (t.fd >= 0)
        close(t.fd);
    return t.rc;
}
